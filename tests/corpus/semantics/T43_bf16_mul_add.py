# T43: bfloat16 a * b + c rounds the product (F1).
# IN A: bfloat16[1] 1.0078125
# IN C: bfloat16[1] -1.015625
# OUT R: 0
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(
    A: T.Buffer((1,), "bfloat16"),
    C: T.Buffer((1,), "bfloat16"),
    R: T.Buffer((1,), "bfloat16"),
):
    for i in range(1):
        R[i] = A[i] * A[i] + C[i]
