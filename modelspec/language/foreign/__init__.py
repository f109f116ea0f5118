"""The words of Keras, PyTorch, scikit-learn and Lightning, and what they are called here.

One table a vocabulary. They only suggest: what they hold is no second spelling of the language.
"""
