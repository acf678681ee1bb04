# A program that need not be well-formed, and is not, cannot be run.
# RUN: interp
# ERROR TIR0608 12
from tvm.script import tirx as T


@T.prim_func(check_well_formed=False, s_tir=True)
def main(A: T.Buffer((16,), "int32")):
    for i in range(16):
        with T.sblock("B"):
            vi = T.axis.spatial(16, i)
            A[vi] = i
