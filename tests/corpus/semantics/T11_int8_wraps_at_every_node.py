# T11: (100 + 100) truncdiv 2 wraps before it divides (I1).
# IN A: int8[1] 100
# OUT R: -28
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "int8"), R: T.Buffer((1,), "int8")):
    for i in range(1):
        R[i] = T.truncdiv(A[i] + A[i], T.int8(2))
