# T60: reinterpret needs equal widths (C4).
# ERROR TIR05 8
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "float32"), R: T.Buffer((1,), "int64")):
    R[0] = T.reinterpret("int64", A[0])
