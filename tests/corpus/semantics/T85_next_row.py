# T85: every dimension is checked, not only the offset (M1).
# IN N: int32[1] 5
# REPORT E-OOB 9
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(N: T.Buffer((1,), "int32"), R: T.Buffer((2, 4), "int32")):
    R[0, N[0]] = 1
