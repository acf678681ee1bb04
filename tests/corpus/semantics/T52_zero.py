# T52: a literal 0 does not swallow NaN (F3).
# IN A: float32[3] nan 0.0 inf
# OUT R: nan 0 nan
# OUT S: nan nan 0
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((3,), "float32"), R: T.Buffer((3,), "float32"), S: T.Buffer((3,), "float32")):
    for i in range(3):
        R[i] = A[i] * T.float32(0)
        S[i] = T.float32(0) / A[i]
