/// One slice of a line's UTF-8 bytes.
package typealias Bytes = ArraySlice<UInt8>

extension Bytes {
    /// Without spaces and tabs at either end.
    package var trimmed: Bytes {
        var slice = self
        while let byte = slice.first, byte.isBlank { slice.removeFirst() }
        while let byte = slice.last, byte.isBlank { slice.removeLast() }
        return slice
    }

    package var text: String { String(decoding: self, as: UTF8.self) }
}

extension UInt8 {
    /// Space, tab, vertical tab or form feed.
    package var isBlank: Bool { self == 0x20 || self == 0x09 || self == 0x0B || self == 0x0C }

    package var isDigit: Bool { self >= 0x30 && self <= 0x39 }
}
