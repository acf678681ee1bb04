# T18: a + 1 > a is false for the largest uint32 (I1).
# IN A: uint32[1] 4294967295
# OUT R: 0
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "uint32"), R: T.Buffer((1,), "bool")):
    for i in range(1):
        R[i] = A[i] + T.uint32(1) > A[i]
