# T93: an allocation over the limit is a report (M3).
# IN N: int64[1] 10000000000000
# REPORT E-ALLOC 9
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(N: T.Buffer((1,), "int64"), R: T.Buffer((1,), "int32")):
    X = T.alloc_buffer((N[0],), "uint8")
    X[0] = T.uint8(1)
    R[0] = T.Cast("int32", X[0])
