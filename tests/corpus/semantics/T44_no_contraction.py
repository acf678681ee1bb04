# T44: a * b + c rounds twice in float32 (F2).
# IN A: float32[1] 1.000244140625
# IN C: float32[1] -1.00048828125
# OUT R: 0
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "float32"), C: T.Buffer((1,), "float32"), R: T.Buffer((1,), "float32")):
    for i in range(1):
        R[i] = A[i] * A[i] + C[i]
