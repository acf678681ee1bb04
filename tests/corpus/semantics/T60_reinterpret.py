# T60: reinterpret keeps the bits (C4).
# IN A: float32[2] 1.0 -0.0
# OUT R: 1065353216 -2147483648
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((2,), "float32"), R: T.Buffer((2,), "int32")):
    for i in range(2):
        R[i] = T.reinterpret("int32", A[i])
