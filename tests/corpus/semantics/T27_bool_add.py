# T27: bool has no arithmetic (Y3).
# ERROR TIR05 8
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((2,), "bool"), R: T.Buffer((1,), "bool")):
    R[0] = A[0] + A[1]
