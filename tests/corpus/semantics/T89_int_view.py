# T89: a view of another type sees the bits (M5).
# IN A: float32[2] 1 -2
# OUT R: 1065353216 -1073741824
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((2,), "float32"), R: T.Buffer((2,), "int32")):
    V = T.decl_buffer((2,), "int32", data=A.data)
    for i in range(2):
        R[i] = V[i]
