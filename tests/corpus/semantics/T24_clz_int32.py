# T24: int32 has no leading one in 0 (I5).
# IN A: int32[1] 0
# OUT R: 32
# REPORT E-CLZ 11
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "int32"), R: T.Buffer((1,), "int32")):
    for i in range(1):
        R[i] = T.clz(A[i])
