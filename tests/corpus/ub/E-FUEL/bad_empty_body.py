# A block whose predicate is always false still takes its iterations.
# RUN: check interp
# OPTIONS: --max-steps 99
# REPORT E-FUEL 11:9-24
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((100,), "int32"), R: T.Buffer((100,), "int32")):
    R[0] = 0
    for i in range(100):
        with T.sblock("R"):
            vi = T.axis.spatial(100, i)
            T.where(i < 0)
            R[vi] = A[vi]
