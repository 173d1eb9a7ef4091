import Imaging
import TestSupport
import Testing

@Suite("Real maps from the shelf")
struct NIfTIShelfTests {
    struct Expected: Sendable {
        var file: String
        var datatype: NIfTIDatatype
        /// Sum, minimum and maximum of the finite values, by nibabel and numpy in double precision.
        var sum: Double
        var minimum: Float
        var maximum: Float
    }

    static let maps: [Expected] = [
        Expected(
            file: "corrp_tfce.nii.gz", datatype: .float32, sum: 87918.4369557153, minimum: 0.0,
            maximum: 0.9990000128746033),
        Expected(
            file: "mod1_g.nii.gz", datatype: .float32, sum: 20488.704179919903, minimum: -0.24960856139659882,
            maximum: 0.8425593376159668),
        Expected(file: "mod1_h_df1.nii.gz", datatype: .float32, sum: 9494632.0, minimum: 0.0, maximum: 49.0),
        Expected(
            file: "mod1_h_i2.nii.gz", datatype: .float32, sum: 4628460.988010211, minimum: 0.0, maximum: 88.206787109375
        ),
        Expected(
            file: "mod1_z.nii.gz", datatype: .float32, sum: 342280.7108991217, minimum: -4.55122184753418,
            maximum: 9.616172790527344),
    ]

    @Test("SDM's maps read as nibabel reads them", .enabled(if: Shelf.isHere, Shelf.absence), arguments: maps)
    func sdm(_ expected: Expected) throws {
        let path = try #require(Shelf.file("oracle/sdm-psi/mod1/\(expected.file)"))
        let image = try NIfTIImage(contentsOf: path)
        #expect(image.grid.matches(.mni2mm))
        #expect(image.count == 1)
        #expect(image.header?.datatype == expected.datatype)
        let values = image.volume().values.filter(\.isFinite)
        let sum = values.reduce(0.0) { $0 + Double($1) }
        #expect(abs(sum - expected.sum) <= 1e-9 * max(1, abs(expected.sum)))
        #expect(values.min() == expected.minimum)
        #expect(values.max() == expected.maximum)
    }
}
