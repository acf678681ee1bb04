# an allocation of shape (N[0], N[0]) with N[0] = 10000000.
# IN N: int64[1] 10000000
# REPORT E-ALLOC 12
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(N: T.Buffer((1,), "int64"), R: T.Buffer((2,), "int32")):
    with T.sblock("b"):
        T.reads(N[0])
        T.writes(R[0])
        X = T.alloc_buffer((N[0], N[0]), "float64")
        R[0] = 1
