# Fractions between -1 and 0 become 0.
# RUN: check interp diff
# IN A: float32[3] -0.5 -0.999 255.999
# OUT R: 0 0 255
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((3,), "float32"), R: T.Buffer((3,), "uint8")):
    for i in range(3):
        R[i] = T.Cast("uint8", A[i])
