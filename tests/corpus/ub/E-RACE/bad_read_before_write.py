# The last iteration reads what the first writes.
# RUN: check interp
# REPORT E-RACE 10:16-24
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((8,), "float32")):
    for i in T.parallel(8):
        R[i] = R[7 - i] * T.float32(2)
