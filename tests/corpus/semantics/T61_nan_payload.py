# T61: a move keeps the bits of a NaN (F6).
# IN A: float32[1] 0x7fa12345
# OUT R: 2141266757
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "float32"), R: T.Buffer((1,), "uint32")):
    for i in range(1):
        R[i] = T.reinterpret("uint32", T.Select(A[i] != A[i], A[i], T.float32(0)))
