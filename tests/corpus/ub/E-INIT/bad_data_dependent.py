# A predicate that reads data hides the first instance of one row.
# RUN: check interp
# IN A: int32[2,3] 1 2 3 0 5 6
# REPORT E-INIT 11:14-27
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((2, 3), "int32"), R: T.Buffer((2,), "int32")):
    for i, k in T.grid(2, 3):
        with T.sblock("R"):
            vi, vk = T.axis.remap("SR", [i, k])
            T.where(A[i, k] > 0)
            with T.init():
                R[vi] = 0
            R[vi] = R[vi] + A[vi, vk]
