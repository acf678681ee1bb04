# T73: parallel iterations may not sum into one element (P1).
# REPORT E-RACE 10
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((64,), "int32"), R: T.Buffer((1,), "int32")):
    R[0] = 0
    for i in T.parallel(64):
        R[0] = R[0] + A[i]
