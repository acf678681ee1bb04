# T49: not (NaN < 1) is true (F5, F3).
# IN A: float32[1] nan
# OUT R: 1
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "float32"), R: T.Buffer((1,), "bool")):
    for i in range(1):
        R[i] = not (A[i] < T.float32(1))
