# T100: names may be keywords of C (H2).
# IN register: int32[4] 1 2 3 4
# OUT double: 1 3 5 7
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(register: T.Buffer((4,), "int32"), double: T.Buffer((4,), "int32")):
    for volatile in range(4):
        double[volatile] = register[volatile] + volatile
