# A predicate that reads data, but lets each first instance run.
# RUN: check interp diff
# IN A: int32[2,3] 1 0 3 4 5 0
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
