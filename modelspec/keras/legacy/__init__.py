"""HDF5 files of `model.save("model.h5")`, by Keras 2, tf.keras and Keras 3.

Their configuration becomes what a `.keras` file holds, so that nothing after this room knows of
older versions of Keras.
"""
