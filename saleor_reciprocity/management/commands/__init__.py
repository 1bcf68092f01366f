"""Commands for operators, all named reciprocity_…"""
