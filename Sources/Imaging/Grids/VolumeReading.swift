/// The first volume of a NIfTI file.
func readVolume(_ path: String) throws(NIfTIError) -> Volume {
    try NIfTIImage(contentsOf: path).volume()
}
