# T38: float32 to bfloat16: large values, subnormals (C1).
# IN A: float32[3] 3.4e38 nan 1e-40
# OUT R: 0x7f80 0x7fc0 0x0001
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((3,), "float32"), R: T.Buffer((3,), "bfloat16")):
    for i in range(3):
        R[i] = T.Cast("bfloat16", A[i])
