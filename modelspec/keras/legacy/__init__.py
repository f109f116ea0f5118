"""Files of older versions: HDF5 by Keras 2, tf.keras and Keras 3, and archives by Keras 2.

Their configuration becomes what a `.keras` file holds, so that nothing after this room knows of
older versions of Keras.
"""
