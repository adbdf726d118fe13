#include "views/spill.h"

namespace mezzanine::views
{

int work_mem_kb = 0;

namespace
{

BufFile *file = nullptr;
uint64 file_end = 0; // what lies beyond was written in vain

// The file belongs to the transaction, whichever subtransaction is the first to need it.
void OpenFile()
{
	if (file != nullptr)
		return;
	MemoryContext context = MemoryContextSwitchTo(TopTransactionContext);
	ResourceOwner owner = CurrentResourceOwner;
	CurrentResourceOwner = TopTransactionResourceOwner;
	file = BufFileCreateTemp(false);
	CurrentResourceOwner = owner;
	MemoryContextSwitchTo(context);
	file_end = 0;
}

void SeekTo(uint64 offset)
{
	if (BufFileSeek(file, 0, static_cast<off_t>(offset), SEEK_SET) != 0)
		ereport(ERROR, (errcode_for_file_access(),
						errmsg("could not seek in the temporary file of mezzanine views")));
}

void BeginSpill(core::Delta *delta)
{
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] { delta->BeginSpill(file_end); }))
		MEZZANINE_RAISE(failure);
}

std::string_view NextSpilled(core::Delta *delta)
{
	std::string_view bytes;
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] { bytes = delta->NextSpilled(); }))
		MEZZANINE_RAISE(failure);
	return bytes;
}

void Spill(core::Delta *delta)
{
	OpenFile();
	BeginSpill(delta);
	SeekTo(file_end);
	uint64 end = file_end;
	for (std::string_view bytes = NextSpilled(delta); !bytes.empty(); bytes = NextSpilled(delta)) {
		CHECK_FOR_INTERRUPTS();
		BufFileWrite(file, const_cast<char *>(bytes.data()), bytes.size());
		end += bytes.size();
	}
	file_end = end;
}

void Read(core::Reading reading)
{
	CHECK_FOR_INTERRUPTS();
	SeekTo(reading.offset);
	if (BufFileRead(file, reading.space, reading.size) != reading.size)
		ereport(ERROR, (errcode_for_file_access(),
						errmsg("could not read from the temporary file of mezzanine views")));
}

} // namespace

void SpillIfLarge(core::Delta *delta)
{
	if (delta->held() > static_cast<Size>(work_mem_kb) * 1024)
		Spill(delta);
}

void SealDelta(core::Delta *delta)
{
	if (delta->has_spilled())
		Spill(delta);
	pg::Failure failure;
	if (!pg::CallCore(&failure, [&] { delta->Seal(); }))
		MEZZANINE_RAISE(failure);
}

bool LoadBatch(core::Delta *delta, std::size_t view_index)
{
	for (;;) {
		core::Reading reading;
		pg::Failure failure;
		if (!pg::CallCore(&failure, [&] { reading = delta->Load(view_index); }))
			MEZZANINE_RAISE(failure);
		if (reading.size == 0)
			return delta->group_count(view_index) > 0;
		Read(reading);
	}
}

void CloseSpill()
{
	if (file != nullptr)
		BufFileClose(file);
	file = nullptr;
}

void ForgetSpill()
{
	file = nullptr;
}

} // namespace mezzanine::views
