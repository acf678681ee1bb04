# Statements without a value were taken for contexts and for results.
# RUN: check
# ERROR TIR0415 11:10-25
# ERROR TIR0440 13:30-31
# ERROR TIR0421 15:12-25
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(X: T.Buffer((4,), "int32")):
    with T.evaluate(0.0):
        T.evaluate(1.0)
    with T.sblock("root") as x:
        T.evaluate(0)
    return T.evaluate(0)
