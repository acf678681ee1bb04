# T40: bfloat16 is rounded at every node (F1).
# IN A: bfloat16[1] 256
# IN B: bfloat16[1] 1
# OUT R: 0x4380
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(
    A: T.Buffer((1,), "bfloat16"),
    B: T.Buffer((1,), "bfloat16"),
    R: T.Buffer((1,), "bfloat16"),
):
    for i in range(1):
        R[i] = A[i] + B[i] + B[i]
