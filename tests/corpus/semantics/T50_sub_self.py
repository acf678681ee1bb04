# T50: a - a is NaN for inf and NaN (F3).
# IN A: float32[3] inf nan 1
# OUT R: nan nan 0
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((3,), "float32"), R: T.Buffer((3,), "float32")):
    for i in range(3):
        R[i] = A[i] - A[i]
