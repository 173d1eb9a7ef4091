test_that("a map is an image of RNifti, or an error that names the file", {
  run <- quietly(cuneus_run(small_project(), method = "sdm-psi", set = quick, threads = 1))
  if (requireNamespace("RNifti", quietly = TRUE)) {
    image <- cuneus_map(run, "z")
    expect_equal(length(dim(image)), 3)
    expect_equal(RNifti::pixdim(image), c(6, 6, 6))
  } else {
    expect_error(cuneus_map(run, "z"), "RNifti.*z\\.nii\\.gz")
  }
  expect_error(cuneus_map(run, "zz"), "no map 'zz'")
  expect_error(cuneus_table(run, "zz"), "no table 'zz'")
})

test_that("settings are the program's", {
  table <- cuneus_settings()
  expect_equal(table$default[table$key == "voxel_size"], "2")
})
