"""What is built of the applications: the images, their tags, and the release that names them."""
