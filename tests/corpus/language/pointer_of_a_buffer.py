# A store through a parameter that is matched to a buffer made a second view of it.
# RUN: check
# ERROR TIR0430 9:5-6
from tvm.script import tirx as T

@T.prim_func(s_tir=True)
def main(h: T.handle):
    X = T.match_buffer(h, (1,), "float32")
    h[0] = X[0]
