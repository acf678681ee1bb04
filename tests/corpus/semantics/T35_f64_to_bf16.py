# T35: float64 to bfloat16 rounds once (C1).
# IN A: float64[1] 1.0039062500009095
# OUT R: 0x3f81
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "float64"), R: T.Buffer((1,), "bfloat16")):
    for i in range(1):
        R[i] = T.Cast("bfloat16", A[i])
