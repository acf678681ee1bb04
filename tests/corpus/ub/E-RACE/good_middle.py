# Each iteration reads and writes the pair that it owns.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((8,), "float32")):
    for i in T.parallel(4):
        R[i] = R[7 - i] * T.float32(2)
