// Plain values as bytes, for files that this very process reads again.
#pragma once

#include "core/error.h"

#include <cstdint>
#include <cstring>
#include <memory_resource>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace mezzanine::core
{

template <typename T> void Put(std::pmr::string *out, const T &value)
{
	static_assert(std::is_trivially_copyable_v<T>);
	out->append(reinterpret_cast<const char *>(&value), sizeof(T));
}

inline void PutBytes(std::pmr::string *out, std::string_view bytes)
{
	Put(out, static_cast<std::uint32_t>(bytes.size()));
	out->append(bytes);
}

template <typename T> void PutAll(std::pmr::string *out, const std::pmr::vector<T> &values)
{
	PutBytes(out, {reinterpret_cast<const char *>(values.data()), values.size() * sizeof(T)});
}

// What Put wrote; `in` moves on.
//
// Throws: kInternal when there are too few bytes, as do the others.
template <typename T> T Take(std::string_view *in)
{
	T value;
	if (in->size() < sizeof(T))
		throw Error(Code::kInternal, "a spilled group ends too early");
	std::memcpy(&value, in->data(), sizeof(T));
	in->remove_prefix(sizeof(T));
	return value;
}

inline std::string_view TakeBytes(std::string_view *in)
{
	const auto size = Take<std::uint32_t>(in);
	const std::string_view bytes = in->substr(0, size);
	if (bytes.size() < size)
		throw Error(Code::kInternal, "a spilled group ends too early");
	in->remove_prefix(size);
	return bytes;
}

template <typename T> void TakeAll(std::string_view *in, std::pmr::vector<T> *values)
{
	const std::string_view bytes = TakeBytes(in);
	values->resize(bytes.size() / sizeof(T));
	if (!values->empty())
		std::memcpy(values->data(), bytes.data(), bytes.size());
}

} // namespace mezzanine::core
