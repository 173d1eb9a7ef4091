import Imaging
import Testing

@Suite("NIfTI files that are wrong are refused, and the message says where")
struct NIfTIMalformedTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var field: String?
        /// A part of the description that shows what was found.
        var mention: String
        var change: @Sendable (inout NIfTIFixture) -> Void

        init(
            _ name: String, _ field: String?, _ mention: String,
            _ change: @escaping @Sendable (inout NIfTIFixture) -> Void
        ) {
            self.testDescription = name
            self.field = field
            self.mention = mention
            self.change = change
        }
    }

    static let cases = [
        Case("sizeof_hdr of no version", "sizeof_hdr", "347") { $0.sizeofHdr = 347 },
        Case("no magic: ANALYZE", "magic", "ANALYZE") { $0.analyze() },
        Case("magic of a text-mode transfer or none", "magic", "n+x") { $0.magic = Array("n+x\0".utf8) },
        Case("header of a pair in a single file", "magic", "pair") {
            $0.isPair = true; $0.voxOffset = 544
        },
        Case("dim[0] = 0", "dim[0]", "found 0") { $0.dim[0] = 0 },
        Case("dim[0] = 8", "dim[0]", "found 8") { $0.dim[0] = 8 },
        Case("dim[0] negative", "dim[0]", "found -3") { $0.dim[0] = -3 },
        Case("dim[1] = 0", "dim[1]", "found 0") { $0.dim[1] = 0 },
        Case("dim[3] negative", "dim[3]", "found -2") { $0.dim[3] = -2 },
        Case("dim[4] = 0 though used", "dim[4]", "found 0") {
            $0.dim[0] = 4; $0.dim[4] = 0
        },
        Case("absurd dimensions", "dim[2]", "32767") { $0.dim = [3, 32767, 32767, 32767, 1, 1, 1, 1] },
        Case("seven absurd axes overflow", nil, "32767") { $0.dim = [7] + Array(repeating: 32767, count: 7) },
        Case("datatype complex64", "datatype", "complex64") { $0.datatype = 32 },
        Case("datatype complex128", "datatype", "complex128") { $0.datatype = 1792 },
        Case("datatype complex256", "datatype", "complex256") { $0.datatype = 2048 },
        Case("datatype RGB24", "datatype", "RGB24") { $0.datatype = 128 },
        Case("datatype RGBA32", "datatype", "RGBA32") { $0.datatype = 2304 },
        Case("datatype float128", "datatype", "float128") { $0.datatype = 1536 },
        Case("datatype binary", "datatype", "binary") { $0.datatype = 1 },
        Case("datatype unknown", "datatype", "unknown") { $0.datatype = 0 },
        Case("datatype not in the standard", "datatype", "found 17") { $0.datatype = 17 },
        Case("bitpix contradicts datatype", "bitpix", "found 64") { $0.bitpix = 64 },
        Case("vox_offset inside the header", "vox_offset", "found 100.0") { $0.voxOffset = 100 },
        Case("vox_offset negative", "vox_offset", "found -1.0") { $0.voxOffset = -1 },
        Case("vox_offset beyond the limit", "vox_offset", "4503599627370496") { $0.voxOffset = 0x1p52 },
        Case("vox_offset beyond the file", "dim", "100096") { $0.voxOffset = 100_000 },
        Case("scl_inter not finite", "scl_inter", "nan") {
            $0.slope = 2; $0.intercept = .nan
        },
        Case("sform singular, no qform", "srow_x", "inverted") { $0.srow[0] = 0 },
        Case("sform not finite", "srow_x", "inverted") { $0.srow[3] = .nan },
        Case("quaternion too long", "quatern_b", "quatern_b") {
            $0.useQform(); $0.quaternion = [1, 1, 0]
        },
        Case("quaternion NaN", "quatern_b", "nan") {
            $0.useQform(); $0.quaternion = [.nan, 0, 0]
        },
        Case("qoffset not finite", "qoffset_x", "inf") {
            $0.useQform(); $0.qoffset = [0, .infinity, 0]
        },
        Case("pixdim zero", "pixdim[2]", "found 0.0") {
            $0.sformCode = 0; $0.pixdim[2] = 0
        },
        Case("pixdim NaN", "pixdim[1]", "nan") {
            $0.sformCode = 0; $0.pixdim[1] = .nan
        },
        Case("voxels cut off", "dim", "96") { $0.voxels.removeLast() },
        Case("no voxels", "dim", "96") { $0.voxels = [] },
    ]

    @Test("each malformed header is refused with the field at fault", arguments: cases, [1, 2])
    func refused(_ malformed: Case, version: Int) throws {
        for bigEndian in [false, true] {
            var fixture = NIfTIFixture(version: version, bigEndian: bigEndian)
            fixture.setVoxels([Float](repeating: 1, count: 24))
            malformed.change(&fixture)
            let folder = try TemporaryFolder()
            for (name, bytes) in [("a.nii", fixture.file), ("a.nii.gz", Gzip.compress(fixture.file))] {
                let path = try folder.add(name, bytes)
                let error = #expect(throws: NIfTIError.self) { try NIfTIImage(contentsOf: path) }
                guard let error else { continue }
                if let field = malformed.field { #expect(error.field == field, "\(error)") }
                let mention = malformed.mention == "96" ? "\(fixture.headerAndVoxels)" : malformed.mention
                // The byte counts in the message depend on the header's size.
                if malformed.mention != "100096" || !name.hasSuffix("gz") {
                    #expect("\(error)".contains(mention), "\(error)")
                }
                #expect("\(error)".hasPrefix(path) && "\(error)".hasSuffix("."), "\(error)")
            }
        }
    }

    @Test("NIfTI-1: a vox_offset that is no whole or no finite number", arguments: [352.5, .nan, .infinity, 1e30])
    func fractionalOffset(_ offset: Double) throws {
        var fixture = NIfTIFixture(voxOffset: offset)
        fixture.setVoxels([Float](repeating: 1, count: 24))
        let folder = try TemporaryFolder()
        let path = try folder.add("a.nii", fixture.file)
        let error = #expect(throws: NIfTIError.self) { try NIfTIImage(contentsOf: path) }
        #expect(error?.field == "vox_offset")
    }

    @Test("NIfTI-2: dimensions near 2⁶³ overflow nothing")
    func hugeDimensions() throws {
        for dim in [
            [3, Int.max, Int.max, 2, 1, 1, 1, 1], [3, Int.max, 1, 1, 1, 1, 1, 1], [1, 1 << 62, 0, 0, 0, 0, 0, 0],
        ] {
            let folder = try TemporaryFolder()
            let path = try folder.add("a.nii", NIfTIFixture(version: 2, dim: dim).file)
            let error = #expect(throws: NIfTIError.self) { try NIfTIImage(contentsOf: path) }
            #expect(error?.field == "dim[1]")
        }
    }

    @Test("files that are missing, folders, empty, short, text or half a pair are refused")
    func wrongFiles() throws {
        let folder = try TemporaryFolder()
        let text = Array(String(repeating: "x,y,z,t\n", count: 100).utf8)
        let paths = [
            folder.path + "/none.nii", folder.path, try folder.add("empty.nii", []),
            try folder.add("short.nii", Array(NIfTIFixture().header[..<347])), try folder.add("peaks.nii", text),
            try folder.add("short2.nii", Array(NIfTIFixture(version: 2).header[..<400])),
            try folder.add("lonely.hdr", NIfTIFixture(isPair: true).header), try folder.add("gz.nii.gz", [0x1f, 0x8b]),
        ]
        for path in paths {
            let error = #expect(throws: NIfTIError.self) { try NIfTIImage(contentsOf: path) }
            #expect(error?.file == path)
        }
    }

    @Test("a .hdr/.img pair whose header says single file is refused")
    func singleHeaderInPair() throws {
        let folder = try TemporaryFolder()
        var fixture = NIfTIFixture()
        fixture.setVoxels([Float](repeating: 1, count: 24))
        try folder.add("a.img", fixture.voxels)
        let path = try folder.add("a.hdr", fixture.header)
        let error = #expect(throws: NIfTIError.self) { try NIfTIImage(contentsOf: path) }
        #expect(error?.field == "magic")
    }
}

extension NIfTIFixture {
    /// Bytes that a reader expects of a 24-voxel float image.
    fileprivate var headerAndVoxels: Int { (version == 1 ? 352 : 544) + 96 }

    fileprivate mutating func useQform() {
        sformCode = 0
        qformCode = 1
    }

    /// ANALYZE exists only as a 348-byte header.
    fileprivate mutating func analyze() {
        version = 1
        magic = [0, 0, 0, 0]
    }
}
