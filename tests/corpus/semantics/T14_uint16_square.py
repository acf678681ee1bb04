# T14: 65535 squared wraps to 1 before it is widened (I1).
# IN A: uint16[1] 65535
# OUT R: 1
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "uint16"), R: T.Buffer((1,), "uint32")):
    for i in range(1):
        R[i] = T.Cast("uint32", A[i] * A[i])
