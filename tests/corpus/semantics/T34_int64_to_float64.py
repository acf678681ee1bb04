# T34: int64 to float64 rounds to nearest even (C1).
# IN A: int64[1] 9007199254740993
# OUT R: 9007199254740992
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "int64"), R: T.Buffer((1,), "float64")):
    for i in range(1):
        R[i] = T.Cast("float64", A[i])
