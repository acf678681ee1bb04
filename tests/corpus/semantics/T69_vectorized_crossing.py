# T69: iterations of a vectorized loop may not write one element (V3, P1).
# REPORT E-RACE 9
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((8,), "int32")):
    for i in T.vectorized(8):
        R[i] = i
        R[7 - i] = R[i] + 10
