# T26: abs of int8 -128 wraps to -128 (I1).
# IN A: int8[2] -128 -5
# OUT R: -128 5
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((2,), "int8"), R: T.Buffer((2,), "int8")):
    for i in range(2):
        R[i] = T.abs(A[i])
