# Near miss: an allocation of shape (N[0],) with N[0] = 4.
# IN N: int64[1] 4
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(N: T.Buffer((1,), "int64"), R: T.Buffer((2,), "int32")):
    X = T.alloc_buffer((N[0],), "float64")
    R[0] = 1
