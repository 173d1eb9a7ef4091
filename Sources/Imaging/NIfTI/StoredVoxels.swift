/// The voxels of an image as its file holds them.
struct StoredVoxels: Sendable {
    /// File content; may begin with the header.
    let bytes: [UInt8]
    /// Where the first voxel begins. All volumes lie within `bytes`: the reader has checked.
    let offset: Int
    let datatype: NIfTIDatatype
    let isBigEndian: Bool
    let scaling: NIfTIHeader.Scaling?

    func floats(volume: Int, count: Int) -> [Float] {
        if datatype == .float32, scaling == nil { return decode(volume, count, UInt32.self) { Float(bitPattern: $0) } }
        if datatype.bytesPerVoxel <= 2, scaling == nil {
            switch datatype {
            case .uint8: return decode(volume, count, UInt8.self) { Float($0) }
            case .int8: return decode(volume, count, UInt8.self) { Float(Int8(bitPattern: $0)) }
            case .uint16: return decode(volume, count, UInt16.self) { Float($0) }
            default: return decode(volume, count, UInt16.self) { Float(Int16(bitPattern: $0)) }
            }
        }
        return converted(volume, count) { Float($0) }
    }

    func doubles(volume: Int, count: Int) -> [Double] { converted(volume, count) { $0 } }

    /// Values after scaling, computed in double precision.
    @inline(__always)
    private func converted<Out>(_ volume: Int, _ count: Int, _ finish: (Double) -> Out) -> [Out] {
        let slope = scaling?.slope ?? 1
        let intercept = scaling?.intercept ?? 0
        // x·1 + 0 is x for every number, NaN and infinity included.
        func value(_ stored: Double) -> Out { finish(stored * slope + intercept) }
        switch datatype {
        case .uint8: return decode(volume, count, UInt8.self) { value(Double($0)) }
        case .int8: return decode(volume, count, UInt8.self) { value(Double(Int8(bitPattern: $0))) }
        case .uint16: return decode(volume, count, UInt16.self) { value(Double($0)) }
        case .int16: return decode(volume, count, UInt16.self) { value(Double(Int16(bitPattern: $0))) }
        case .uint32: return decode(volume, count, UInt32.self) { value(Double($0)) }
        case .int32: return decode(volume, count, UInt32.self) { value(Double(Int32(bitPattern: $0))) }
        case .uint64: return decode(volume, count, UInt64.self) { value(Double($0)) }
        case .int64: return decode(volume, count, UInt64.self) { value(Double(Int64(bitPattern: $0))) }
        case .float32: return decode(volume, count, UInt32.self) { value(Double(Float(bitPattern: $0))) }
        case .float64: return decode(volume, count, UInt64.self) { value(Double(bitPattern: $0)) }
        }
    }

    @inline(__always)
    private func decode<Bits: FixedWidthInteger, Out>(
        _ volume: Int, _ count: Int, _: Bits.Type, _ convert: (Bits) -> Out
    ) -> [Out] {
        let size = MemoryLayout<Bits>.size
        let start = offset + volume * count * size
        precondition(start >= 0 && start + count * size <= bytes.count, "voxels lie within the bytes read")
        let isSwapped = isBigEndian == (Bits(littleEndian: 1) == 1)
        return [Out](unsafeUninitializedCapacity: count) { values, written in
            bytes.withUnsafeBytes { source in
                if isSwapped {
                    for n in 0..<count {
                        let bits = source.loadUnaligned(fromByteOffset: start + n * size, as: Bits.self)
                        (values.baseAddress! + n).initialize(to: convert(bits.byteSwapped))
                    }
                } else {
                    for n in 0..<count {
                        let bits = source.loadUnaligned(fromByteOffset: start + n * size, as: Bits.self)
                        (values.baseAddress! + n).initialize(to: convert(bits))
                    }
                }
            }
            written = count
        }
    }
}
