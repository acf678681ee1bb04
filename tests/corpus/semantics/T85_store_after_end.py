# T85: a store behind the end (M1).
# IN N: int32[1] 9
# REPORT E-OOB 9
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(N: T.Buffer((1,), "int32"), R: T.Buffer((8,), "int32")):
    R[N[0]] = 1
