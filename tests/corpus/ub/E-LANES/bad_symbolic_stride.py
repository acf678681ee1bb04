# A stride that is 0 for this input.
# RUN: check interp
# SET: s=0
# REPORT E-LANES 10:5-44
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(s: T.int32, A: T.Buffer((4,), "int32"), R: T.Buffer((16,), "int32")):
    R[T.ramp(2, s, 4)] = A[T.ramp(0, 1, 4)]
