# T55: round and nearbyint go half to even (F7).
# IN A: float32[4] 0.5 1.5 2.5 -0.5
# OUT R: 0 2 2 -0.0
# OUT S: 0 2 2 -0.0
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4,), "float32"), R: T.Buffer((4,), "float32"), S: T.Buffer((4,), "float32")):
    for i in range(4):
        R[i] = T.round(A[i])
        S[i] = T.nearbyint(A[i])
