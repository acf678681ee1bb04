# T36: float64 to float16 rounds once; 65520 and more are infinite (C1).
# IN A: float64[3] 1.0004882812509095 65519.99 65520
# OUT R: 0x3c01 65504 inf
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((3,), "float64"), R: T.Buffer((3,), "float16")):
    for i in range(3):
        R[i] = T.Cast("float16", A[i])
