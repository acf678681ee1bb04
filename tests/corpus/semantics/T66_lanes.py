# T66: two lanes of one store may not share an address (V2).
# IN A: int32[4] 10 11 12 13
# OUT R: 0 0 0 13 0 0 0 0
# REPORT E-LANES 12
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4,), "int32"), R: T.Buffer((8,), "int32")):
    for i in range(8):
        R[i] = 0
    R[T.Ramp(3, 0, 4)] = A[T.Ramp(0, 1, 4)]
