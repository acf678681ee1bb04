# T74: two parallel iterations write one element (P1).
# REPORT E-RACE 9
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((4,), "int32")):
    for i in T.parallel(8):
        R[i // 2] = i
