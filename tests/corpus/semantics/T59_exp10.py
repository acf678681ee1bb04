# T59: exp10 of small integers is exact (F8).
# IN A: float32[4] 0 1 2 3
# OUT R: 1 10 100 1000
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4,), "float32"), R: T.Buffer((4,), "float32")):
    for i in range(4):
        R[i] = T.exp10(A[i])
