# T24: int64 has no leading one in 0 (I5).
# IN A: int64[1] 0
# OUT R: 64
# REPORT E-CLZ 11
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "int64"), R: T.Buffer((1,), "int32")):
    for i in range(1):
        R[i] = T.clz(A[i])
